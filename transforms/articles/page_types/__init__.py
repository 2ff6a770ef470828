"""What kind of page a page is: an article, a front, a gallery, a product, a thread of a forum …"""
